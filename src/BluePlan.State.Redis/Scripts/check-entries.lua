-- The condition that a log has certain entries. KEYS: the hash of the log. ARGV: how many, their ids, then their sequences in digits.
--[[ check ]]
local m = A[a] + 0
local ids, sequences = a, a + m
for from = 1, m, 4000 do
  local to = from + 3999
  if to > m then
    to = m
  end
  local found = call('HMGET', K[k], unpack(A, ids + from, ids + to))
  for i = from, to do
    if found[i - from + 1] ~= A[sequences + i] then
      return { 1, o - 1, '' }
    end
  end
end
k, a = k + 1, sequences + m + 1
--[[ apply ]]
k, a = k + 1, a + 1 + 2 * A[a]
