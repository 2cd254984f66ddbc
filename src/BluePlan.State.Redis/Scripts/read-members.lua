-- Reads the scores of certain members of an index. KEYS: the index. ARGV: the members.
-- Answers nothing when the index is absent, else {number of members, deadline in Unix milliseconds, scores in the order of the members, '' = not there}.
-- needs: deadline
local length = redis.call('ZCARD', KEYS[1])
if length == 0 then
  return false
end
local scores = {}
for i = 1, #ARGV do
  scores[i] = redis.call('ZSCORE', KEYS[1], ARGV[i]) or ''
end
return { length, deadline(KEYS[1]), scores }
