-- Writes a document that must be absent, the first operation of a commit and its only condition: so the write itself can be the check, the last one. KEYS: the document.
-- ARGV: lifetime in milliseconds ('' = for ever), header and value.
--[[ check ]]
fresh = true
k, a = k + 1, a + 2
--[[ apply ]]
if not (A[a] == '' and call('SET', K[k], A[a + 1], 'NX') or A[a] ~= '' and call('SET', K[k], A[a + 1], 'NX', 'PX', A[a])) then
  return { 1, 0, sub(call('GETRANGE', K[k], '0', '16'), 2) }
end
k, a = k + 1, a + 2
