-- Drives a real Neovim (0.7 and 0.11) through one review. Environment: DIFFVET_PYTHON, DIFFVET_FILE, DIFFVET_RESULT.
-- Writes what it saw as JSON; any error ends Neovim with status 1 and its words in the result.

local seen = { progress = {}, messages = {} }

local function finish(status)
  local out = io.open(os.getenv('DIFFVET_RESULT'), 'w')
  out:write(vim.fn.json_encode(seen))
  out:close()
  vim.cmd('cquit ' .. status)
end

local function spots(bufnr)
  local found = {}
  for _, d in ipairs(vim.diagnostic.get(bufnr)) do
    local span = { d.lnum, d.col, d.end_lnum, d.end_col }
    table.insert(found, { span = span, severity = d.severity, source = d.source, code = d.code, message = d.message })
  end
  return found
end

local function until_true(what, condition)
  assert(vim.wait(20000, condition, 20), 'waited in vain for ' .. what)
end

local function run()
  vim.lsp.handlers['$/progress'] = function(_, result)
    table.insert(seen.progress, result.value.kind)
  end
  vim.lsp.handlers['window/showMessage'] = function(_, result)
    table.insert(seen.messages, result.message)
  end
  vim.cmd('edit ' .. vim.fn.fnameescape(os.getenv('DIFFVET_FILE')))
  local buffer = vim.api.nvim_get_current_buf()
  local exit_code
  local id = vim.lsp.start_client({
    name = 'diffvet',
    cmd = { os.getenv('DIFFVET_PYTHON'), '-m', 'diffvet', 'lsp' },
    root_dir = vim.fn.getcwd(),
    on_exit = function(code) exit_code = code end,
  })
  vim.lsp.buf_attach_client(buffer, id)
  until_true('diagnostics', function() return #vim.diagnostic.get(buffer) > 0 end)
  local client = vim.lsp.get_client_by_id(id)
  seen.encoding = client.offset_encoding
  seen.opened = spots(buffer)

  local first = seen.opened[1].span
  local where = { textDocument = { uri = vim.uri_from_bufnr(buffer) }, position = { line = first[1], character = first[2] } }
  local answer = vim.lsp.buf_request_sync(buffer, 'textDocument/hover', where, 10000)
  seen.hover = answer[id].result.contents

  -- Lines added above move the finding, exactly.
  vim.api.nvim_buf_set_lines(buffer, 0, 0, false, { '# one', '# two' })
  until_true('the moved diagnostic', function()
    local now = vim.diagnostic.get(buffer)
    return #now == 1 and now[1].lnum == first[1] + 2
  end)
  seen.moved = spots(buffer)

  -- A saved fix clears it.
  vim.cmd([[%s/cmd, shell=True/[cmd], check=True/]])
  vim.cmd('silent write')
  until_true('the finding to be cleared', function() return #vim.diagnostic.get(buffer) == 0 end)
  until_true('the end of the progress', function()
    local begun, ended = 0, 0
    for _, kind in ipairs(seen.progress) do
      if kind == 'begin' then begun = begun + 1 end
      if kind == 'end' then ended = ended + 1 end
    end
    return begun == 2 and ended == 2
  end)

  vim.lsp.stop_client(id)
  until_true('the server to end', function() return exit_code ~= nil end)
  seen.exit_code = exit_code
end

local fine, problem = pcall(run)
if not fine then seen.error = tostring(problem) end
finish(fine and 0 or 1)
