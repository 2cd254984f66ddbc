-- Replaces the value of an entry of a log. KEYS: hash and list.
-- ARGV: sequence, '1' = only when it holds the bytes that follow, those bytes, the new ones, the new revision.
-- needs: place
--[[ check ]]
local sequence, length = tonumber(A[a]), call('LLEN', K[k + 1])
local index = place(K[k + 1], length, sequence)
local element = index < length and call('LINDEX', K[k + 1], index)
if not element or struct.unpack('<d', element) ~= sequence then
  return { 1, o - 1, '' }
end
local head = 10 + struct.unpack('<I2', element, 9)
if A[a + 1] == '1' and sub(element, head + 1) ~= A[a + 2] then
  return { 1, o - 1, '' }
end
n = n + 2
todo[n - 1], todo[n] = index, sub(element, 1, head)
k, a = k + 2, a + 5
--[[ apply ]]
r = r + 2
call('LSET', K[k + 1], todo[r - 1], todo[r] .. A[a + 3])
call('HSET', K[k], '\255', A[a + 4])
k, a = k + 2, a + 5
