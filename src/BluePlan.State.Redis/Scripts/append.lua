-- Appends entries to a log. KEYS: hash and list.
-- Numbers are doubles of 8 bytes, which hold integers up to ±2^53 exactly; not every server packs 64-bit integers right.
-- The hash: '' = last sequence and expiry (0 = never), '\255' = revision, id = its entry's sequence.
-- The list: elements of sequence, length of the id (2 bytes), id, value, in rising order.
-- ARGV: how many, how many stay ('' = all), what follows the elements (i = ids, s = sequences), the revision of a log
-- that is new or loses entries, the elements without their sequence,
-- perhaps as many ids ('' = none), perhaps as many sequences ('' = the next one, a negative one = the next one, but at least so much).
-- Answers the first sequence and how many entries there are.
-- needs: spread
--[[ check ]]
local m, extras = A[a] + 0, A[a + 2]
local at = a + 3 + m
local ids, sequences, meta
if extras == 'i' or extras == 'is' then
  ids, at = at, at + m
  for from = 1, m, 4000 do
    local to = from + 3999
    if to > m then
      to = m
    end
    local found = call('HMGET', K[k], '', unpack(A, ids + from, ids + to))
    meta = found[1]
    for i = from, meta and to or 0 do
      if found[i - from + 2] and A[ids + i] ~= '' then
        return { 1, o - 1, '' }
      end
    end
  end
else
  meta = call('HGET', K[k], '')
end
if extras == 's' or extras == 'is' then
  sequences, at = at, at + m
end
local number, expiry, first = 0, nil, nil
if meta then
  number, expiry = depack('<dd', meta)
end
local fields = { '', '' }
for i = 1, m do
  local given = sequences and tonumber(A[sequences + i])
  if given and given < 0 then
    given = -given > number and -given or number + 1
  end
  if given and given <= number then
    return { 1, o - 1, '' }
  end
  number = given or number + 1
  first = first or number
  todo[n + i] = pack('<d', number) .. A[a + 3 + i]
  if ids and A[ids + i] ~= '' then
    fields[#fields + 1] = A[ids + i]
    fields[#fields + 1] = format('%.0f', number)
  end
end
if number > top then
  failure = failure or { 2, o - 1 }
end
fields[2] = pack('<dd', number, expiry or 0)
n = n + m + 3
todo[n - 2], todo[n - 1], todo[n] = first, expiry or false, fields
k, a = k + 2, at + 1
--[[ apply ]]
local m, keep = A[a] + 0, tonumber(A[a + 1])
local length = spread('RPUSH', K[k + 1], todo, r + 1, r + m)
if m > 4000 then
  length = call('LLEN', K[k + 1])
end
r = r + m + 3
local first, expiry, fields = todo[r - 2], todo[r - 1], todo[r]
local trims = keep and length > keep
if trims or not expiry then
  fields[#fields + 1] = '\255'
  fields[#fields + 1] = A[a + 3]
end
spread('HSET', K[k], fields, 1, #fields)
if expiry and expiry > 0 and length == m then
  call('PEXPIREAT', K[k + 1], format('%.0f', expiry))
end
if trims then
  if call('HLEN', K[k]) > 2 then
    local gone = {}
    for _, element in ipairs(call('LRANGE', K[k + 1], 0, length - keep - 1)) do
      local size = depack('<I2', element, 9)
      if size > 0 then
        gone[#gone + 1] = sub(element, 11, 10 + size)
      end
    end
    spread('HDEL', K[k], gone, 1, #gone)
  end
  call('LTRIM', K[k + 1], length - keep, -1)
  length = keep
end
hash, known = K[k], fields[2]
answer[out + 1], answer[out + 2] = first, length
out = out + 2
k, a = k + 2, a + 4 + m * (1 + #A[a + 2])
