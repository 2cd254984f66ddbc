-- Signals those who watch a key. KEYS: the key, for its place only. ARGV: the channel.
--[[ check ]]
k, a = k + 1, a + 1
--[[ apply ]]
call('PUBLISH', A[a], '')
k, a = k + 1, a + 1
