-- Reads a document and slides it. KEYS: the document.
-- ARGV: '1' = its head only, idle time in milliseconds ('' = its own), the ETag that it must have ('' = any).
-- Answers nothing when it is absent or has another ETag, {bytes} when its head tells when it expires, else {bytes, deadline in Unix milliseconds}.
-- While a primary refuses to write, the document is read and its expiry stays. A replica may not have heard of the last writes, so it does not answer.
-- needs: now deadline
local key, idle = KEYS[1], ARGV[2]
local function replica(reply)
  return type(reply) == 'table' and reply.err and string.find(reply.err, 'READONLY', 1, true)
end
-- A slide by the window that it had does not go back with a clock that was set back by up to a day: see StateExpiry.Slide.
local function stays(window)
  local left = redis.call('PTTL', key)
  return left > window and left - window <= 86400000
end
local value = ARGV[1] == '1' and redis.call('GETRANGE', key, 0, 32) or ARGV[1] ~= '1' and redis.call('GET', key)
if not value or value == '' or ARGV[3] ~= '' and string.sub(value, 2, 17) ~= ARGV[3] then
  return false
end

local repeats = true
if idle ~= '' then
  local head = '\20' .. string.sub(value, 2, 17) .. struct.pack('<dd', tonumber(idle), 0)
  if string.sub(value, 1, 33) ~= head then
    repeats = false
    local reply = redis.pcall('SETRANGE', key, 0, head)
    if replica(reply) then
      return reply
    elseif type(reply) == 'number' then
      value = head .. string.sub(value, 34)
    end
  end
end
local kind, reply = string.byte(value), nil
if kind == 20 then
  local window = struct.unpack('<d', value, 18)
  if not repeats or not stays(window) then
    reply = redis.pcall('PEXPIRE', key, string.format('%.0f', window))
  end
elseif kind == 21 then
  local window, cap = struct.unpack('<dd', value, 18)
  if not stays(window) then
    reply = redis.pcall('PEXPIREAT', key, string.format('%.0f', math.min(now() + window, cap)))
  end
end
if replica(reply) then
  return reply
end
if kind < 19 then
  return { value }
end
local at = deadline(key)
return at ~= -2 and { value, at }
