-- Adds to counters of a map. KEYS: the map. ARGV: how many, '1' = answer the new vectors, the names, then as many vectors, tagged and packed.
-- needs: spread sum
--[[ check ]]
local n = tonumber(A[a])
local write = {}
for from = 1, n, 4000 do
  local to = math.min(from + 3999, n)
  local was = call('HMGET', K[k], '', unpack(A, a + 1 + from, a + 1 + to))
  if from == 1 then
    if not was[1] then
      write[1], write[2] = '', ''
    end
    known[K[k]] = was[1] or ''
  end
  for i = from, to do
    local old, new = was[i - from + 2], A[a + 1 + n + i]
    if old then
      if byte(old) ~= 1 then
        failure = failure or { 3, o - 1 }
        new = ''
      else
        new = sum(old, new)
        if not new then
          failure = failure or { 2, o - 1 }
          new = ''
        end
      end
    end
    write[#write + 1] = A[a + 1 + i]
    write[#write + 1] = new
  end
end
memo[o] = write
k, a = k + 1, a + 2 + 2 * n
--[[ apply ]]
local n, write = tonumber(A[a]), memo[o]
spread('HSET', K[k], write, 1, #write)
if A[a + 1] == '1' then
  for i = #write - 2 * n + 2, #write, 2 do
    out = out + 1
    answer[out] = write[i]
  end
end
k, a = k + 1, a + 2 + 2 * n
