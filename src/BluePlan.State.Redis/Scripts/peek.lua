-- Reads a document. KEYS: the document. ARGV: '1' = its head only.
-- needs: peek-document
return peek(KEYS[1], ARGV[1] == '1')
