vim.lsp.config('diffvet', { cmd = { 'diffvet', 'lsp' }, root_markers = { '.git' } })
vim.lsp.enable('diffvet')
