-- Reads the highest sums of several indexes. KEYS: the indexes. ARGV: how many at most.
-- Answers nothing when all are absent, else {number of distinct members, scores and members in turn, highest first}.
local command = { 'ZUNION', #KEYS }
for i = 1, #KEYS do
  command[i + 2] = KEYS[i]
end
command[#command + 1] = 'WITHSCORES'
local all = redis.call(unpack(command))
if #all == 0 then
  return false
end
local top, limit = {}, tonumber(ARGV[1])
for i = #all, math.max(2, #all - 2 * limit + 2), -2 do
  top[#top + 1] = all[i]
  top[#top + 1] = all[i - 1]
end
return { #all / 2, top }
