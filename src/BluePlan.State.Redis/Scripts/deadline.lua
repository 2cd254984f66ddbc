-- When a key expires, in Unix milliseconds; -1 = never, -2 = the key is absent. Redis 7 tells it. Redis 6.2 tells a remaining time only, so that is asked for before
-- and after the clock until both answers agree.
local function deadline(key)
  local at = redis.pcall('PEXPIRETIME', key)
  if type(at) == 'number' then
    return at
  end
  local ttl = redis.call('PTTL', key)
  while ttl >= 0 do
    local t = redis.call('TIME')
    local again = redis.call('PTTL', key)
    if again == ttl then
      return t[1] * 1000 + (t[2] - t[2] % 1000) / 1000 + ttl
    end
    ttl = again
  end
  return ttl
end
