-- Reads a range of an index. KEYS: the index.
-- ARGV: lowest score ('' = any), highest score ('' = any), how many at most, '1' = descending, then perhaps score and member of the place to begin behind.
-- Answers nothing when the index is absent, else {number of members, deadline in Unix milliseconds, members and scores in turn}.
-- needs: deadline index-range
local call, key = redis.call, KEYS[1]
local length = call('ZCARD', key)
if length == 0 then
  return false
end
local from = ARGV[1] == '' and 0 or call('ZCOUNT', key, '-inf', '(' .. ARGV[1])
local to = ARGV[2] == '' and length or call('ZCOUNT', key, '-inf', ARGV[2])
return { length, deadline(key), range(key, length, from, to, tonumber(ARGV[3]), ARGV[4] == '1', ARGV[5], ARGV[6]) }
