-- Reads the entries of a log that hold certain ids. KEYS: hash and list. ARGV: the ids.
-- Answers as read-log does, the elements in the order of the ids.
-- needs: place
local facts = redis.call('HMGET', KEYS[1], '', '\255')
if not facts[1] then
  return false
end
local length, elements = redis.call('LLEN', KEYS[2]), {}
for i = 1, #ARGV do
  local sequence = redis.call('HGET', KEYS[1], ARGV[i])
  if sequence then
    elements[#elements + 1] = redis.call('LINDEX', KEYS[2], place(KEYS[2], length, tonumber(sequence)))
  end
end
return { facts[1], length, elements, facts[2] or '' }
