-- needs: now deadline
-- Whether a replica refused to write. It may not have heard of the last writes, so it does not answer.
local function replica(reply)
  return type(reply) == 'table' and reply.err and string.find(reply.err, 'READONLY', 1, true)
end
-- Whether a slide by the window that a key had leaves it alone: it does not go back with a clock that was set back by
-- up to a day, see StateExpiry.Slide.
local function stays(key, window)
  local left = redis.call('PTTL', key)
  return left > window and left - window <= 86400000
end
-- Reads a document, or its head only, and slides it by so many milliseconds ('' = its own window), if it has the ETag
-- ('' = any).
-- Answers nothing when it is absent or has another ETag, {bytes} when its head tells when it expires, else {bytes,
-- deadline}, the latter in Unix milliseconds; of a replica the error.
-- While a primary refuses to write, the document is read and its expiry stays.
local function touch(key, head, idle, etag)
  local value = head and redis.call('GETRANGE', key, 0, 32) or not head and redis.call('GET', key)
  if not value or value == '' or etag ~= '' and string.sub(value, 2, 17) ~= etag then
    return false
  end
  local repeats = true
  if idle ~= '' then
    local slides = '\20' .. string.sub(value, 2, 17) .. struct.pack('<dd', tonumber(idle), 0)
    if string.sub(value, 1, 33) ~= slides then
      repeats = false
      local reply = redis.pcall('SETRANGE', key, 0, slides)
      if replica(reply) then
        return reply
      elseif type(reply) == 'number' then
        value = slides .. string.sub(value, 34)
      end
    end
  end
  local kind, reply = string.byte(value), nil
  if kind == 20 then
    local window = struct.unpack('<d', value, 18)
    if not repeats or not stays(key, window) then
      reply = redis.pcall('PEXPIRE', key, string.format('%.0f', window))
    end
  elseif kind == 21 then
    local window, cap = struct.unpack('<dd', value, 18)
    if not stays(key, window) then
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
end
