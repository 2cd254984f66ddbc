-- Reads entries of a log. KEYS: hash and list. ARGV: first and last sequence ('' = to the end), how many at most, '1' = the newest of them.
-- Answers nothing when the log is absent, else {last sequence and expiry, number of entries, elements, revision}, the
-- latter '' when there is none.
-- needs: place
local facts = redis.call('HMGET', KEYS[1], '', '\255')
if not facts[1] then
  return false
end
local list, limit = KEYS[2], tonumber(ARGV[3])
local length = redis.call('LLEN', list)
local from = ARGV[1] == '1' and 0 or place(list, length, tonumber(ARGV[1]))
local to = ARGV[2] == '' and length or place(list, length, ARGV[2] + 1)
if ARGV[4] == '1' then
  from = math.max(from, to - limit)
else
  to = math.min(to, from + limit)
end
return { facts[1], length, from < to and redis.call('LRANGE', list, from, to - 1) or {}, facts[2] or '' }
