;;; Drives a real Emacs with eglot through one review.  -*- lexical-binding: t -*-
;; Environment: DIFFVET_PYTHON, DIFFVET_FILE, DIFFVET_RESULT (what was seen, as JSON).

(require 'eglot)
(require 'json)

(setq create-lockfiles nil
      make-backup-files nil
      eglot-events-buffer-size 0
      eglot-sync-connect 20
      project-find-functions (list (lambda (_) (cons 'transient default-directory))))
(define-derived-mode reviewed-mode text-mode "Reviewed")
(add-to-list 'auto-mode-alist '("\\.py\\'" . reviewed-mode))
(add-to-list 'eglot-server-programs
             (list 'reviewed-mode (getenv "DIFFVET_PYTHON") "-m" "diffvet" "lsp"))

(defun until-true (what condition)
  "Wait until CONDITION holds, or fail naming WHAT."
  (with-timeout (20 (error "waited in vain for %s" what))
    (while (not (funcall condition))
      (accept-process-output nil 0.05))))

(defun spots ()
  "Line, start and end column of each diagnostic, 0-based, in characters."
  (flymake-start)
  (mapcar (lambda (d)
            (save-excursion
              (goto-char (flymake-diagnostic-beg d))
              (let ((start (current-column)))
                (goto-char (flymake-diagnostic-end d))
                (vector (1- (line-number-at-pos)) start (current-column) (flymake-diagnostic-text d)))))
          (flymake-diagnostics)))

(defun review ()
  "Open, look, hover, fix, save, shut down; an alist of what was seen."
  (find-file (getenv "DIFFVET_FILE"))
  (apply #'eglot (eglot--guess-contact))
  (flymake-mode 1)
  (until-true "diagnostics" #'spots)
  (let* ((server (eglot-current-server))
         (opened (vconcat (spots)))
         (note (progn
                 (goto-char (flymake-diagnostic-beg (car (flymake-diagnostics))))
                 (jsonrpc-request server :textDocument/hover (eglot--TextDocumentPositionParams)))))
    (goto-char (point-min))
    (while (search-forward "cmd, shell=True" nil t)
      (replace-match "[cmd], check=True" t t))
    (save-buffer)
    (until-true "the finding to be cleared" (lambda () (null (spots))))
    (let ((process (jsonrpc--process server)))
;; What eglot-shutdown does, without the SIGKILL that it sends right after.
      (setf (eglot--shutdown-requested server) t)
      (jsonrpc-request server :shutdown nil :timeout 20)
      (jsonrpc-notify server :exit nil)
      (until-true "the server to end" (lambda () (not (process-live-p process))))
      (list (cons "opened" opened)
            (cons "kind" (plist-get (plist-get note :contents) :kind))
            (cons "note" (plist-get (plist-get note :contents) :value))
            (cons "exit_code" (process-exit-status process))))))

(let ((seen (condition-case problem (review)
              (error (list (cons "error" (error-message-string problem)))))))
  (with-temp-file (getenv "DIFFVET_RESULT")
    (insert (json-encode seen)))
  (kill-emacs (if (assoc "error" seen) 1 0)))
