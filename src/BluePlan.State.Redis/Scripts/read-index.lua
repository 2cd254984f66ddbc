-- Reads a range of an index. KEYS: the index.
-- ARGV: lowest score ('' = any), highest score ('' = any), how many at most, '1' = descending, then perhaps score and member of the place to begin behind.
-- Answers nothing when the index is absent, else {number of members, deadline in Unix milliseconds, members and scores in turn}.
-- Everything is a matter of ranks, so that equal scores page as cheaply as different ones.
-- needs: deadline
local call, key = redis.call, KEYS[1]
local length = call('ZCARD', key)
if length == 0 then
  return false
end

-- How many members stand before a place; with = 1 the place's own member counts too. A member that is gone is sought among its equals by the bytes of its name.
-- Lua's own comparison of strings goes by the server's locale.
local function before(score, member, with)
  local found = call('ZSCORE', key, member)
  if found and tonumber(found) == tonumber(score) then
    return call('ZRANK', key, member) + with
  end
  local low = call('ZCOUNT', key, '-inf', '(' .. score)
  local high = low + call('ZCOUNT', key, score, score)
  while low < high do
    local middle = math.floor((low + high) / 2)
    local other = call('ZRANGE', key, middle, middle)[1]
    local i, a, b = 0, nil, nil
    repeat
      i = i + 1
      a, b = string.byte(other, i) or -1, string.byte(member, i) or -1
    until a ~= b or a == -1
    if a < b then
      low = middle + 1
    else
      high = middle
    end
  end
  return low
end

local from = ARGV[1] == '' and 0 or call('ZCOUNT', key, '-inf', '(' .. ARGV[1])
local to = ARGV[2] == '' and length or call('ZCOUNT', key, '-inf', ARGV[2])
local limit, descending = tonumber(ARGV[3]), ARGV[4] == '1'
if ARGV[5] then
  if descending then
    to = math.min(to, before(ARGV[5], ARGV[6], 0))
  else
    from = math.max(from, before(ARGV[5], ARGV[6], 1))
  end
end
local members = {}
if descending then
  from = math.max(from, to - limit)
  if from < to then
    members = call('ZREVRANGE', key, length - to, length - from - 1, 'WITHSCORES')
  end
else
  to = math.min(to, from + limit)
  if from < to then
    members = call('ZRANGE', key, from, to - 1, 'WITHSCORES')
  end
end
return { length, deadline(key), members }
