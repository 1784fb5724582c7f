-- Drives a real Neovim (0.7 and 0.11) through reviews. Environment: DIFFVET_PYTHON, DIFFVET_FILE, DIFFVET_RESULT, and
-- DIFFVET_SCENARIO, the name of one of the scenarios below.
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

local function count(kind)
  local found = 0
  for _, value in ipairs(seen.progress) do
    if value.kind == kind then found = found + 1 end
  end
  return found
end

-- Opens the file and starts the server on it: the buffer, the client's id, and a function that ends the server.
local function start()
  vim.lsp.handlers['$/progress'] = function(_, result)
    local value = result.value
    table.insert(seen.progress, { kind = value.kind, message = value.message, token = result.token })
  end
  vim.lsp.handlers['window/showMessage'] = function(_, result)
    table.insert(seen.messages, result.message)
  end
  vim.cmd('edit ' .. vim.fn.fnameescape(os.getenv('DIFFVET_FILE')))
  local buffer = vim.api.nvim_get_current_buf()
  local id = vim.lsp.start_client({
    name = 'diffvet',
    cmd = { os.getenv('DIFFVET_PYTHON'), '-m', 'diffvet', 'lsp' },
    root_dir = vim.fn.getcwd(),
    on_exit = function(code) seen.exit_code = code end,
  })
  vim.lsp.buf_attach_client(buffer, id)
  return buffer, id, function()
    vim.lsp.stop_client(id)
    until_true('the server to end', function() return seen.exit_code ~= nil end)
  end
end

local scenarios = {}

-- Diagnostics, hover, moving with edits, cleared by a saved fix.
function scenarios.review()
  local buffer, id, stop = start()
  until_true('diagnostics', function() return #vim.diagnostic.get(buffer) > 0 end)
  seen.opened = spots(buffer)

  local first = seen.opened[1].span
  local where = { textDocument = { uri = vim.uri_from_bufnr(buffer) }, position = { line = first[1], character = first[2] } }
  local answer = vim.lsp.buf_request_sync(buffer, 'textDocument/hover', where, 10000)
  seen.hover = answer[id].result.contents

  vim.api.nvim_buf_set_lines(buffer, 0, 0, false, { '# one', '# two' })
  until_true('the moved diagnostic', function()
    local now = vim.diagnostic.get(buffer)
    return #now == 1 and now[1].lnum == first[1] + 2
  end)
  seen.moved = spots(buffer)

  vim.cmd([[%s/cmd, shell=True/[cmd], check=True/]])
  vim.cmd('silent write')
  until_true('the finding to be cleared', function() return #vim.diagnostic.get(buffer) == 0 end)
  until_true('the end of the progress', function() return count('begin') == 2 and count('end') == 2 end)
  stop()
end

-- With a reviewer that never answers: a cancelled job ends, and so does the server during the next one.
function scenarios.cancel()
  local buffer, id, stop = start()
  until_true('the progress', function() return count('begin') == 1 end)
  vim.lsp.get_client_by_id(id).notify('window/workDoneProgress/cancel', { token = seen.progress[1].token })
  until_true('the end of the progress', function() return count('end') == 1 end)
  seen.cancelled = seen.progress[#seen.progress].message
  seen.opened = spots(buffer)
  vim.cmd('silent write')
  until_true('the next progress', function() return count('begin') == 2 end)
  stop()
end

local fine, problem = pcall(scenarios[os.getenv('DIFFVET_SCENARIO')])
if not fine then seen.error = tostring(problem) end
finish(fine and 0 or 1)
