-- Writes a field of a map that holds what is expected. KEYS: the map. ARGV: the field, '1' = it must hold what follows, else it must be absent, the expected value, the new value.
--[[ check ]]
local held = call('HGET', K[k], A[a])
if held ~= (A[a + 1] == '1' and A[a + 2]) then
  return { 1, o - 1, '' }
end
k, a = k + 1, a + 4
--[[ apply ]]
call('HSETNX', K[k], '', '')
call('HSET', K[k], A[a], A[a + 3])
k, a = k + 1, a + 4
