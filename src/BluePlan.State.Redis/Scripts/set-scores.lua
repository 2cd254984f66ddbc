-- Gives members of an index a score. KEYS: the index. ARGV: how many, '1' = only raise, then scores and members in turn.
--[[ check ]]
k, a = k + 1, a + 2 + 2 * tonumber(A[a])
--[[ apply ]]
local last, raise = a + 1 + 2 * tonumber(A[a]), A[a + 1] == '1'
for i = a + 2, last, 4000 do
  local to = math.min(i + 3999, last)
  if raise then
    call('ZADD', K[k], 'GT', unpack(A, i, to))
  else
    call('ZADD', K[k], unpack(A, i, to))
  end
end
k, a = k + 1, last + 1
