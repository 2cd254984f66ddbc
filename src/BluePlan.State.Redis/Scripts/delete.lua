-- Deletes a key. KEYS: the key, of a log both. ARGV: shape. Answers 1 when it was there.
--[[ check ]]
k, a = k + (A[a] == 'l' and 2 or 1), a + 1
--[[ apply ]]
out = out + 1
if A[a] == 'l' then
  answer[out] = math.min(call('UNLINK', K[k], K[k + 1]), 1)
  k = k + 1
else
  answer[out] = call('UNLINK', K[k])
end
k, a = k + 1, a + 1
