-- Writes fields of a map. KEYS: the map. ARGV: how many, '1' = only when none of them is there, then names and values in turn.
-- A map has one more field, with an empty name, which holds the instant of its expiry, or nothing.
-- needs: spread
--[[ check ]]
local n = tonumber(A[a])
if A[a + 1] == '1' then
  for i = a + 2, a + 2 * n, 2 do
    if call('HEXISTS', K[k], A[i]) == 1 then
      return { 1, o - 1, '' }
    end
  end
end
k, a = k + 1, a + 2 + 2 * n
--[[ apply ]]
local n = tonumber(A[a])
call('HSETNX', K[k], '', '')
spread('HSET', K[k], A, a + 2, a + 1 + 2 * n)
k, a = k + 1, a + 2 + 2 * n
