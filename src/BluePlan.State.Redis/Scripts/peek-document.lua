-- needs: deadline
-- Reads a document, or its head only.
-- Answers nothing when it is absent, {bytes} when its head tells when it expires, else {bytes, deadline}, the latter in
-- Unix milliseconds.
local function peek(key, head)
  local value = head and redis.call('GETRANGE', key, 0, 32) or not head and redis.call('GET', key)
  if not value or value == '' then
    return false
  end
  if string.byte(value) < 19 then
    return { value }
  end
  local at = deadline(key)
  return at ~= -2 and { value, at }
end
