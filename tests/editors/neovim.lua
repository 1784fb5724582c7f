-- Drives a real Neovim (0.7 and 0.11) through reviews. Environment: DIFFVET_RECIPE (what a user puts into init.lua),
-- DIFFVET_FILE, DIFFVET_RESULT, and DIFFVET_SCENARIO, the name of one of the scenarios below.
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

-- How many questions the model was asked.
local function asked()
  local place = os.getenv('DIFFVET_ASKED')
  return vim.fn.filereadable(place) == 1 and #vim.fn.readfile(place) or 0
end

local function noted(config)
  local inner = config.on_exit
  config.on_exit = function(code, ...)
    seen.exit_code = code
    if inner then inner(code, ...) end
  end
  return config
end

-- Loads the recipe so that the server's end is noted.
local function load_recipe()
  local start_client = vim.lsp.start_client
  if not vim.lsp.config then
    vim.lsp.start_client = function(config) return start_client(noted(config)) end
  end
  dofile(os.getenv('DIFFVET_RECIPE'))
  if vim.lsp.config then vim.lsp.config('diffvet', noted({})) end
end

local function attached(buffer)
  local found = vim.lsp.buf_get_clients(buffer)
  for id, client in pairs(found) do
    if client.name == 'diffvet' then return client.id or id end
  end
end

-- Opens the file; the recipe starts the server on it: the client's id, and a function that ends the server.
local function connect()
  seen.exit_code = nil
  vim.cmd('edit ' .. vim.fn.fnameescape(os.getenv('DIFFVET_FILE')))
  local buffer = vim.api.nvim_get_current_buf()
  until_true('the server', function() return attached(buffer) ~= nil end)
  local id = attached(buffer)
  return buffer, id, function()
    vim.lsp.stop_client(id)
    until_true('the server to end', function() return seen.exit_code ~= nil end)
  end
end

local function start()
  vim.lsp.handlers['$/progress'] = function(_, result)
    local value = result.value
    table.insert(seen.progress, { kind = value.kind, message = value.message, token = result.token })
  end
  vim.lsp.handlers['window/showMessage'] = function(_, result)
    table.insert(seen.messages, result.message)
  end
  load_recipe()
  return connect()
end

-- Opens the menu of code actions on the first finding and chooses the one whose title holds the words.
local function choose(buffer, words)
  local first = vim.diagnostic.get(buffer)[1]
  vim.api.nvim_win_set_cursor(0, { first.lnum + 1, first.col })
  local chosen
  vim.ui.select = function(items, options, on_choice)
    for _, item in ipairs(items) do
      if options.format_item(item):find(words, 1, true) then
        chosen = options.format_item(item)
        return on_choice(item)
      end
    end
  end
  vim.lsp.buf.code_action()
  until_true('the action "' .. words .. '"', function() return chosen ~= nil end)
end

-- What the window shows that opens on hovering over the cursor's place.
local function hovered()
  vim.lsp.buf.hover()
  local lines
  until_true('the hover', function()
    for _, window in ipairs(vim.api.nvim_list_wins()) do
      if vim.api.nvim_win_get_config(window).relative ~= '' then
        lines = vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false)
        vim.api.nvim_win_close(window, true)
      end
    end
    return lines ~= nil
  end)
  return table.concat(lines, '\n')
end

local scenarios = {}

-- Diagnostics, hover, moving with edits, cleared by a saved fix.
function scenarios.review()
  local buffer, id, stop = start()
  until_true('diagnostics', function() return #vim.diagnostic.get(buffer) > 0 end)
  seen.opened = spots(buffer)

  local first = seen.opened[1].span
  vim.api.nvim_win_set_cursor(0, { first[1] + 1, first[2] })
  seen.shown = hovered()
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

-- The verified fix from the menu; undone; then dismissed from the menu.
function scenarios.act()
  local buffer, _, stop = start()
  until_true('diagnostics', function() return #vim.diagnostic.get(buffer) == 1 end)
  local before = vim.api.nvim_buf_get_lines(buffer, 0, -1, false)
  choose(buffer, 'fix:')
  until_true('the fix', function()
    return not vim.deep_equal(before, vim.api.nvim_buf_get_lines(buffer, 0, -1, false))
  end)
  seen.fixed = vim.api.nvim_buf_get_lines(buffer, 0, -1, false)
  until_true('the finding to be cleared', function() return #vim.diagnostic.get(buffer) == 0 end)
  vim.cmd('silent undo')
  until_true('the finding to come back', function() return #vim.diagnostic.get(buffer) == 1 end)
  choose(buffer, 'dismiss for me (false positive)')
  until_true('the finding to be dismissed', function() return #vim.diagnostic.get(buffer) == 0 end)
  stop()
end

-- The server starts and ends.
function scenarios.greet()
  local _, _, stop = start()
  stop()
end

-- The server ends, nothing is left over, another one finds the same.
function scenarios.restart()
  local buffer, _, stop = start()
  until_true('diagnostics', function() return #vim.diagnostic.get(buffer) > 0 end)
  seen.opened = spots(buffer)
  stop()
  until_true('an editor without findings', function() return #vim.diagnostic.get() == 0 end)
  buffer, _, stop = connect()
  until_true('the same again', function() return #vim.diagnostic.get(buffer) > 0 end)
  seen.again = spots(buffer)
  stop()
end

-- With a reviewer that never answers: a cancelled job ends, and so does the server during the next one.
function scenarios.cancel()
  local buffer, id, stop = start()
  until_true('the progress', function() return count('begin') == 1 end)
  until_true('the question', function() return asked() == 1 end)
  vim.lsp.get_client_by_id(id).rpc.notify('window/workDoneProgress/cancel', { token = seen.progress[1].token })
  until_true('the end of the progress', function() return count('end') == 1 end)
  seen.cancelled = seen.progress[#seen.progress].message
  seen.opened = spots(buffer)
  vim.cmd('silent write')
  until_true('the next progress', function() return count('begin') == 2 end)
  until_true('the next question', function() return asked() == 2 end)
  stop()
end

local fine, problem = pcall(scenarios[os.getenv('DIFFVET_SCENARIO')])
if not fine then seen.error = tostring(problem) end
finish(fine and 0 or 1)
