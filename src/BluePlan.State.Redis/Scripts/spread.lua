-- Calls a command with a slice of a list as its last arguments, in pieces that fit on Lua's stack. One piece answers what the command does, several the sum of their numbers.
local function spread(command, key, list, from, to)
  if from <= to and to - from < 4000 then
    return redis.call(command, key, unpack(list, from, to))
  end
  local sum = 0
  for i = from, to, 4000 do
    local reply = redis.call(command, key, unpack(list, i, math.min(i + 3999, to)))
    if type(reply) == 'number' then
      sum = sum + reply
    end
  end
  return sum
end
