" Drives a real Vim with ALE: diagnostics. Environment: DIFFVET_RECIPE (what a user puts into vimrc), DIFFVET_FILE,
" DIFFVET_RESULT (what was seen, as JSON).
set nocompatible encoding=utf-8 packpath+=/usr/share/vim/vimfiles
filetype on
let g:ale_linters = {'python': ['diffvet']}
packadd! ale
runtime plugin/ale.vim
execute 'source' fnameescape($DIFFVET_RECIPE)
execute 'edit' fnameescape($DIFFVET_FILE)

let seen = {'found': []}
ALELint
for turn in range(400)
  sleep 50m
  let seen.found = getloclist(0)
  if !empty(seen.found) | break | endif
endfor
call map(seen.found, '{"line": v:val.lnum, "column": v:val.col, "text": v:val.text, "type": v:val.type}')
call writefile([json_encode(seen)], $DIFFVET_RESULT)
qall!
