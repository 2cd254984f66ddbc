-- Reads a document. KEYS: the document. ARGV: '1' = its head only.
-- Answers nothing when it is absent, {bytes} when its head tells when it expires, else {bytes, deadline in Unix milliseconds}.
-- needs: deadline
local value = ARGV[1] == '1' and redis.call('GETRANGE', KEYS[1], 0, 32) or ARGV[1] ~= '1' and redis.call('GET', KEYS[1])
if not value or value == '' then
  return false
end
if string.byte(value) < 19 then
  return { value }
end
local at = deadline(KEYS[1])
return at ~= -2 and { value, at }
