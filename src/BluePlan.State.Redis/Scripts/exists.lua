-- The condition alone that a key is there. KEYS: the key, of a log its hash.
--[[ check ]]
if call('EXISTS', K[k]) == 0 then
  return { 1, o - 1, '' }
end
k = k + 1
--[[ apply ]]
k = k + 1
