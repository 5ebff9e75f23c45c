-- Opens a script and a check file in Neovim (0.7 and later) with assay-lsp, and prints what the editor gets.
local server, folder = vim.env.ASSAY_LSP, vim.env.FOLDER

local function say(what, value) io.stdout:write(what, " ", value, "\n") end

-- open shows a file and attaches the server to it.
local function open(name, filetype)
  vim.cmd("edit " .. folder .. "/" .. name)
  vim.bo.filetype = filetype
  local id = vim.lsp.start_client({ name = "assay", cmd = { server }, root_dir = folder })
  assert(vim.lsp.buf_attach_client(0, id))
  assert(vim.wait(10000, function() return vim.lsp.get_client_by_id(id).initialized end), "the server does not start")
  return vim.lsp.get_client_by_id(id)
end

-- ask sends a request about a place: line from 1, column from 0.
local function ask(client, method, line, column, more)
  local params = vim.tbl_extend("force", {
    textDocument = vim.lsp.util.make_text_document_params(), position = { line = line - 1, character = column },
  }, more or {})
  local answer = assert(client.request_sync(method, params, 10000, 0))
  assert(not answer.err, vim.inspect(answer.err))
  return answer.result
end

local function diagnostics(count)
  assert(vim.wait(10000, function() return #vim.diagnostic.get(0) == count end), "diagnostics: " .. vim.inspect(vim.diagnostic.get(0)))
  for _, d in ipairs(vim.diagnostic.get(0)) do say("diagnostic", d.lnum + 1 .. ":" .. d.col + 1 .. " " .. d.message) end
end

local function labels(result, wanted)
  for _, item in ipairs(result.items) do
    if item.label == wanted then say("completion", item.label .. " " .. (item.detail or "")) end
  end
end

local client = open("script.lua", "lua")
diagnostics(1)
labels(ask(client, "textDocument/completion", 3, 8), "status")
say("hover", (ask(client, "textDocument/hover", 1, 17).contents.value:match("```lua\n(.-)\n")))
-- What is written in the editor is what the server knows.
vim.api.nvim_buf_set_lines(0, 1, 2, false, { "-- é😀", "local t   =   http.get('http://x').status" })
diagnostics(0)
vim.lsp.buf.formatting_sync({}, 10000)
say("formatted", vim.api.nvim_buf_get_lines(0, 2, 3, false)[1])
local fresh = ask(client, "textDocument/rename", 1, 6, { newName = "answer" })
vim.lsp.util.apply_workspace_edit(fresh, client.offset_encoding)
say("renamed", vim.api.nvim_buf_get_lines(0, 0, 1, false)[1])

client = open("checks.yaml", "yaml")
diagnostics(1)
labels(ask(client, "textDocument/completion", 5, 4), "expect")
labels(ask(client, "textDocument/completion", 10, 16), "json")
say("symbols", vim.tbl_count(ask(client, "textDocument/documentSymbol", 1, 0)))
vim.cmd("qa!")
