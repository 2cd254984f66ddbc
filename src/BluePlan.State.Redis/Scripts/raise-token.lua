-- Remembers a fencing token in a field of a map, unless a higher one was seen. KEYS: the map. ARGV: the field, the token, tagged and packed as a vector of one.
--[[ check ]]
local seen, token = call('HGET', K[k], A[a]), A[a + 1]
if seen then
  if byte(seen) ~= 1 then
    failure = failure or { 3, o - 1 }
  elseif depack('<d', seen, 2) > depack('<d', token, 2) then
    return { 1, o - 1, '' }
  end
end
n = n + 1
todo[n] = seen == token
k, a = k + 1, a + 2
--[[ apply ]]
r = r + 1
if not todo[r] then
  call('HSETNX', K[k], '', '')
  call('HSET', K[k], A[a], A[a + 1])
end
k, a = k + 1, a + 2
