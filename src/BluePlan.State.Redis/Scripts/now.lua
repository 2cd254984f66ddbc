-- The server's time in Unix milliseconds, one instant for the whole script.
local clock
local function now()
  if not clock then
    local t = redis.call('TIME')
    clock = t[1] * 1000 + (t[2] - t[2] % 1000) / 1000
  end
  return clock
end
-- The last millisecond of the year 9999, which no expiry passes.
local latest = 253402300799999
