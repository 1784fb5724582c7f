local server
vim.api.nvim_create_autocmd('FileType', {
  callback = function(event)
    if vim.bo.buftype ~= '' then return end
    server = server or vim.lsp.start_client({
      name = 'diffvet',
      cmd = { 'diffvet', 'lsp' },
      on_exit = function() server = nil end,
    })
    vim.lsp.buf_attach_client(event.buf, server)
  end,
})
