-- Everything is a matter of ranks, so that equal scores page as cheaply as different ones.
-- How many members of an index stand before a place; with = 1 the place's own member counts too. A member that is
-- absent is sought among its equals by the bytes of its name, since Lua compares strings by the server's locale.
local function before(key, score, member, with)
  local call = redis.call
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
-- Members and scores in turn of a stretch of an index with so many members: from one rank up to before another, at most
-- so many, perhaps behind a place.
local function range(key, length, from, to, limit, descending, score, member)
  if score and descending then
    to = math.min(to, before(key, score, member, 0))
  elseif score then
    from = math.max(from, before(key, score, member, 1))
  end
  if descending then
    from = math.max(from, to - limit)
    return from < to and redis.call('ZREVRANGE', key, length - to, length - from - 1, 'WITHSCORES') or {}
  end
  to = math.min(to, from + limit)
  return from < to and redis.call('ZRANGE', key, from, to - 1, 'WITHSCORES') or {}
end
