-- Appends entries to a log. KEYS: hash and list.
-- Numbers are doubles of 8 bytes, which hold integers up to ±2^53 exactly; not every server packs 64-bit integers right.
-- The hash: '' = last sequence and expiry (0 = never), id = its entry's sequence.
-- The list: elements of sequence, length of the id (2 bytes), id, value, in rising order.
-- ARGV: how many, how many stay ('' = all), what follows the elements (i = ids, s = sequences), the elements without their sequence,
-- perhaps as many ids ('' = none), perhaps as many sequences ('' = the next one).
-- Answers the first sequence and how many entries there are.
-- needs: spread
--[[ check ]]
local n, extras = tonumber(A[a]), A[a + 2]
local at = a + 2 + n
local ids, sequences, meta
if extras == 'i' or extras == 'is' then
  ids = at
  at = at + n
  for from = 1, n, 4000 do
    local found = call('HMGET', K[k], '', unpack(A, ids + from, ids + math.min(from + 3999, n)))
    meta = found[1]
    for i = 2, meta and #found or 0 do
      if found[i] and A[ids + from + i - 2] ~= '' then
        return { 1, o - 1, '' }
      end
    end
  end
else
  meta = call('HGET', K[k], '')
end
local last, expiry = 0, 0
if meta then
  last, expiry = struct.unpack('<dd', meta)
end
local numbers, lasting = {}, last
if extras == 's' or extras == 'is' then
  sequences = at
  at = at + n
end
for i = 1, n do
  local given = sequences and tonumber(A[sequences + i])
  if given and given <= lasting then
    return { 1, o - 1, '' }
  end
  lasting = given or lasting + 1
  numbers[i] = lasting
end
if lasting > top then
  failure = failure or { 2, o - 1 }
end
memo[o] = { expiry, ids, numbers, at + 1 }
k, a = k + 2, at + 1
--[[ apply ]]
local n, keep = tonumber(A[a]), tonumber(A[a + 1])
local expiry, ids, numbers, after = unpack(memo[o])
local elements = {}
local write = { '', struct.pack('<dd', numbers[n], expiry) }
for i = 1, n do
  elements[i] = struct.pack('<d', numbers[i]) .. A[a + 2 + i]
  if ids and A[ids + i] ~= '' then
    write[#write + 1] = A[ids + i]
    write[#write + 1] = format('%.0f', numbers[i])
  end
end
local length
if n <= 4000 then
  length = call('RPUSH', K[k + 1], unpack(elements))
else
  spread('RPUSH', K[k + 1], elements, 1, n)
  length = call('LLEN', K[k + 1])
end
spread('HSET', K[k], write, 1, #write)
if expiry > 0 and length == n then
  call('PEXPIREAT', K[k + 1], format('%.0f', expiry))
end
if keep and length > keep then
  if call('HLEN', K[k]) > 1 then
    local gone = {}
    for _, element in ipairs(call('LRANGE', K[k + 1], 0, length - keep - 1)) do
      local size = struct.unpack('<I2', element, 9)
      if size > 0 then
        gone[#gone + 1] = sub(element, 11, 10 + size)
      end
    end
    spread('HDEL', K[k], gone, 1, #gone)
  end
  call('LTRIM', K[k + 1], length - keep, -1)
  length = keep
end
known[K[k]] = write[2]
answer[out + 1], answer[out + 2] = numbers[1], length
out = out + 2
k, a = k + 2, after
