" Drives a real Vim with ALE: diagnostics, the hover, a fix from the menu, another server. Environment: DIFFVET_RECIPE
" (what a user puts into vimrc), DIFFVET_FILE, DIFFVET_RESULT (what was seen, as JSON).
set nocompatible encoding=utf-8 hidden packpath+=/usr/share/vim/vimfiles
filetype on
let g:ale_linters = {'python': ['diffvet']}
let g:ale_hover_to_preview = 1
packadd! ale
runtime plugin/ale.vim
execute 'source' fnameescape($DIFFVET_RECIPE)
execute 'edit' fnameescape($DIFFVET_FILE)

let seen = {}

function! Found() abort
  return map(getloclist(0), '{"line": v:val.lnum, "column": v:val.col, "text": v:val.text, "type": v:val.type}')
endfunction

" Waits until the expression holds; what it was waiting for is in the result where it never does.
function! Until(what, expression) abort
  for turn in range(400)
    if eval(a:expression) | return | endif
    sleep 50m
  endfor
  let g:seen.error = 'waited in vain for ' . a:what
  call Finish()
endfunction

function! Finish() abort
  call writefile([json_encode(g:seen)], $DIFFVET_RESULT)
  execute has_key(g:seen, 'error') ? 'cquit' : 'qall!'
endfunction

ALELint
call Until('diagnostics', '!empty(getloclist(0))')
let seen.found = Found()

call cursor(seen.found[0].line, seen.found[0].column)
ALEHover
call Until('the hover', 'bufwinnr("ALEPreviewWindow") > 0')
let seen.hover = join(getbufline('ALEPreviewWindow', 1, '$'), "\n")
pclose

" The same again from another server.
ALEStopAllLSPs
call Until('an editor without findings', 'empty(getloclist(0))')
ALELint
call Until('the same again', '!empty(getloclist(0))')
let seen.again = Found()

" The menu of code actions asks for a number.
runtime autoload/ale/util.vim
function! ale#util#Input(menu, ...) abort
  let g:seen.menu = a:menu
  return matchstr(a:menu, '\d\+\ze) Diffvet: fix')
endfunction
let g:before = getline(1, '$')
call cursor(seen.found[0].line, seen.found[0].column)
ALECodeAction
call Until('the fix', 'getline(1, "$") != g:before')
let seen.fixed = getline(1, '$')
silent write
call Until('the finding to be cleared', 'empty(getloclist(0))')
call Finish()
