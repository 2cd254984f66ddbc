-- Appends one entry that has an id, as nearly every append does, without the lists of append, whose format it keeps. KEYS: hash and list.
-- ARGV: the element without its sequence, and the revision of a new log. Answers as append does.
--[[ check ]]
local element = A[a]
local id = sub(element, 3, 2 + depack('<I2', element))
local found = call('HMGET', K[k], '', id)
local number, expiry = 1, nil
if found[1] then
  if found[2] then
    return { 1, o - 1, '' }
  end
  number, expiry = depack('<dd', found[1])
  number = number + 1
  if number > top then
    failure = failure or { 2, o - 1 }
  end
end
todo[n + 1], todo[n + 2], todo[n + 3] = id, number, expiry or false
k, a, n = k + 2, a + 2, n + 3
--[[ apply ]]
local id, number, expiry = todo[r + 1], todo[r + 2], todo[r + 3]
local length = call('RPUSH', K[k + 1], pack('<d', number) .. A[a])
hash, known = K[k], pack('<dd', number, expiry or 0)
if expiry then
  call('HSET', hash, '', known, id, format('%.0f', number))
else
  call('HSET', hash, '', known, id, format('%.0f', number), '\255', A[a + 1])
end
if expiry and expiry > 0 and length == 1 then
  call('PEXPIREAT', K[k + 1], format('%.0f', expiry))
end
answer[out + 1], answer[out + 2] = number, length
k, a, r, out = k + 2, a + 2, r + 3, out + 2
