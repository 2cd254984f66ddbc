-- Reads documents of one partition, and slides those that are touched. KEYS: the documents.
-- ARGV: for each p = a peek, h = a peek at its head, t = a touch, o = a touch that answers its head; behind the latter
-- two the idle time in milliseconds (none = its own).
-- Answers for each, in order, what peek and touch answer. When they are so big that the server would hold too much at
-- once, it answers for the first only, at least for one.
-- needs: peek-document touch-document
local answers, bytes = {}, 0
for i = 1, #KEYS do
  local how, idle, answer = string.sub(ARGV[i], 1, 1), string.sub(ARGV[i], 2), nil
  if how == 'p' or how == 'h' then
    answer = peek(KEYS[i], how == 'h')
  else
    answer = touch(KEYS[i], how == 'o', idle, '')
  end
  if answer and answer.err then
    return answer
  end
  answers[i] = answer
  bytes = bytes + (answer and #answer[1] or 0)
  if bytes >= 4194304 then
    break
  end
end
return answers
