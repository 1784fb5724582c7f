function! DiffvetRoot(buffer) abort
  let root = systemlist('git -C ' . shellescape(expand('#' . a:buffer . ':p:h')) . ' rev-parse --show-toplevel')
  return v:shell_error ? '' : root[0]
endfunction

for filetype in ['c', 'cpp', 'cs', 'go', 'java', 'javascript', 'php', 'python', 'ruby', 'sh', 'sql', 'typescript', 'yaml']
  call ale#linter#Define(filetype, {
  \   'name': 'diffvet',
  \   'lsp': 'stdio',
  \   'executable': 'diffvet',
  \   'command': '%e lsp',
  \   'project_root': function('DiffvetRoot'),
  \ })
endfor
