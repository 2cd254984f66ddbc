-- Reads the entries of a log that hold certain ids. KEYS: hash and list. ARGV: the ids.
-- Answers as read-log does, the elements in the order of the ids.
-- needs: place
local meta = redis.call('HGET', KEYS[1], '')
if not meta then
  return false
end
local length, elements = redis.call('LLEN', KEYS[2]), {}
for i = 1, #ARGV do
  local sequence = redis.call('HGET', KEYS[1], ARGV[i])
  if sequence then
    elements[#elements + 1] = redis.call('LINDEX', KEYS[2], place(KEYS[2], length, tonumber(sequence)))
  end
end
return { meta, length, elements }
