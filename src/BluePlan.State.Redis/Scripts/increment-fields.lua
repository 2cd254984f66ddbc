-- Adds to counters of a map. KEYS: the map. ARGV: how many, '1' = answer the new vectors, the names, then as many vectors, tagged and packed ('' = the one before, perhaps of an operation before).
-- needs: spread sum
--[[ check ]]
local m, begun = A[a] + 0, n + 1
local names, vectors = a + 1, a + 1 + m
n = begun
for from = 1, m, 4000 do
  local to = from + 3999
  if to > m then
    to = m
  end
  local was = call('HMGET', K[k], '', unpack(A, names + from, names + to))
  if from == 1 and not was[1] then
    todo[n + 1], todo[n + 2] = '', ''
    n = n + 2
  end
  for i = from, to do
    local old, new = was[i - from + 2], A[vectors + i]
    if new == '' then
      new = by
    elseif new ~= by then
      by, b1 = new, nil
      if #new == 25 then
        b1, b2, b3 = depack('<ddd', new, 2)
      end
    end
    if old then
      local fault
      if b1 and #old == 25 then
        -- Three numbers are what most requests count.
        local tag, s1, s2, s3 = depack('<Bddd', old)
        s1, s2, s3 = s1 + b1, s2 + b2, s3 + b3
        if s1 <= 9007199254740991 and s1 >= -9007199254740991 and s2 <= 9007199254740991 and s2 >= -9007199254740991 and s3 <= 9007199254740991 and s3 >= -9007199254740991 and tag == 1 then
          new = pack('<Bddd', 1, s1, s2, s3)
        else
          fault = tag == 1 and 2 or 3
        end
      else
        new, fault = sum(old, new)
      end
      if fault then
        failure, new = failure or { fault, o - 1 }, ''
      end
    end
    todo[n + 1], todo[n + 2] = A[names + i], new
    n = n + 2
  end
end
todo[begun] = n
k, a = k + 1, vectors + m + 1
--[[ apply ]]
local to = todo[r + 1]
if to - r <= 4000 then
  call('HSET', K[k], unpack(todo, r + 2, to))
else
  spread('HSET', K[k], todo, r + 2, to)
end
r = to
local m = 2 * A[a]
if A[a + 1] == '1' then
  for i = to - m + 2, to, 2 do
    out = out + 1
    answer[out] = todo[i]
  end
end
k, a = k + 1, a + 2 + m
