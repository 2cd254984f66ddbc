-- Calls a command with a slice of a list as its last arguments, in pieces that fit on Lua's stack; adds up replies that are numbers.
local function spread(command, key, list, from, to)
  local sum = 0
  for i = from, to, 4000 do
    local reply = redis.call(command, key, unpack(list, i, math.min(i + 3999, to)))
    if type(reply) == 'number' then
      sum = sum + reply
    end
  end
  return sum
end
