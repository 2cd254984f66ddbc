-- Reads the newest entries of a log, or those that a reader has not seen. KEYS: hash and list.
-- ARGV: how many at most, the revision that the reader knows ('' = none), the last sequence that it knows.
-- Answers as read-log does, and behind that 1 when the entries follow what the reader knows, else 0.
-- needs: place
local facts = redis.call('HMGET', KEYS[1], '', '\255')
if not facts[1] then
  return false
end
local list, known, last = KEYS[2], tonumber(ARGV[3]), struct.unpack('<d', facts[1])
local length = redis.call('LLEN', list)
local from, follows = math.max(0, length - ARGV[1]), 0
if (facts[2] or '') == ARGV[2] and known <= last then
  local first = known == last and length or place(list, length, known + 1)
  if first >= from then
    from, follows = first, 1
  end
end
return { facts[1], length, from < length and redis.call('LRANGE', list, from, -1) or {}, facts[2] or '', follows }
