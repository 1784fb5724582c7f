;;; Drives a real Emacs with lsp-mode through reviews.  -*- lexical-binding: t -*-
;; Environment: DIFFVET_RECIPE (what a user puts into init.el), DIFFVET_FILE, DIFFVET_RESULT (what was seen, as JSON),
;; DIFFVET_SCENARIO (one of the functions below).

(require 'package)
(package-initialize)
(load (getenv "DIFFVET_RECIPE"))
(require 'lsp-mode)
(require 'json)

(setq create-lockfiles nil
      make-backup-files nil
      python-indent-guess-indent-offset nil
      lsp-auto-guess-root t
      lsp-enable-snippet nil
      lsp-restart 'ignore
      lsp-diagnostics-provider :none
      lsp-modeline-code-actions-enable nil
      lsp-headerline-breadcrumb-enable nil)

(defun until-true (what condition)
  "Wait until CONDITION holds, or fail naming WHAT."
  (with-timeout (20 (error "waited in vain for %s" what))
    (while (not (funcall condition))
      (accept-process-output nil 0.05))))

(defun found ()
  "The diagnostics of the file."
  (gethash buffer-file-name (lsp-diagnostics t)))

(defun connect ()
  "Open the file with the server that the recipe names; its workspace."
  (find-file (getenv "DIFFVET_FILE"))
  (lsp)
  (until-true "the server" (lambda () (seq-some (lambda (one) (eq 'initialized (lsp--workspace-status one))) (lsp-workspaces))))
  (car (lsp-workspaces)))

(defun end (workspace)
  "End the server of WORKSPACE. Lsp-mode kills it right after `exit', so that its exit code says nothing."
  (let ((process (lsp--workspace-cmd-proc workspace)))
    (lsp-workspace-shutdown workspace)
    (until-true "the server to end" (lambda () (not (process-live-p process))))))

(defun places ()
  "Line and code of each diagnostic."
  (vconcat (mapcar (lambda (one) (vector (gethash "line" (gethash "start" (gethash "range" one))) (gethash "code" one)))
                   (found))))

(defun choose (words)
  "Open the menu of code actions on the first finding, and choose the one whose title holds WORDS."
  (let ((start (gethash "start" (gethash "range" (car (found)))))
        (chosen nil))
    (goto-char (lsp--position-to-point start))
    (cl-letf (((symbol-function 'completing-read)
               (lambda (_prompt menu &rest _)
                 (setq chosen (seq-find (lambda (title) (string-match-p (regexp-quote words) title))
                                        (mapcar #'car menu))))))
      (call-interactively #'lsp-execute-code-action))
    (unless chosen (error "there is no action %s" words))))

(defun review ()
  "Open, look, hover."
  (connect)
  (until-true "diagnostics" #'found)
  (let* ((first (car (found)))
         (start (gethash "start" (gethash "range" first)))
         (note (lsp-request "textDocument/hover"
                            (list :textDocument (lsp--text-document-identifier) :position start))))
    (list (cons "code" (gethash "code" first))
          (cons "line" (gethash "line" start))
          (cons "count" (length (found)))
          (cons "kind" (gethash "kind" (gethash "contents" note)))
          (cons "note" (gethash "value" (gethash "contents" note))))))

(defun act ()
  "The verified fix from the menu; taken back; then dismissed from the menu."
  (let ((workspace (connect)) (before (buffer-string)) fixed)
    (until-true "diagnostics" #'found)
    (choose "fix:")
    (setq fixed (buffer-string))
    (until-true "the finding to be cleared" (lambda () (null (found))))
    (erase-buffer)
    (insert before)
    (until-true "the finding to come back" #'found)
    (choose "dismiss for me (false positive)")
    (until-true "the finding to be dismissed" (lambda () (null (found))))
    (end workspace)
    (list (cons "fixed" fixed))))

(defun restart ()
  "Another server finds the same."
  (let ((workspace (connect)) opened process)
    (until-true "diagnostics" #'found)
    (setq opened (places)
          process (lsp--workspace-cmd-proc workspace))
    (lsp-workspace-restart workspace)
    (until-true "the server to end" (lambda () (not (process-live-p process))))
    (until-true "another server" (lambda () (and (lsp-workspaces) (not (eq process (lsp--workspace-cmd-proc (car (lsp-workspaces))))))))
    (until-true "the same again" #'found)
    (list (cons "opened" opened) (cons "again" (places)))))

(defun asked ()
  "How many questions the model was asked."
  (with-temp-buffer
    (ignore-errors (insert-file-contents (getenv "DIFFVET_ASKED")))
    (count-lines (point-min) (point-max))))

(defun ask ()
  "Have the file reviewed; the id of the job."
  (lsp-request "workspace/executeCommand"
               (list :command "diffvet.server.review" :arguments (vector (lsp--buffer-uri)))))

(defun cancel ()
  "With a reviewer that never answers: a cancelled job ends, and so does the server during the next one."
  (let* ((workspace (connect)) (job (ask)))
    (until-true "the question" (lambda () (= (asked) 1)))
    (lsp-notify "window/workDoneProgress/cancel" (list :token job))
    (ask)
    (until-true "the next question" (lambda () (= (asked) 2)))
    (end workspace)
    (list (cons "opened" (places)))))

(let ((seen (condition-case problem (funcall (intern (getenv "DIFFVET_SCENARIO")))
              (error (list (cons "error" (error-message-string problem)))))))
  (with-temp-file (getenv "DIFFVET_RESULT")
    (set-buffer-file-coding-system 'utf-8)
    (insert (json-encode seen)))
  (kill-emacs (if (assoc "error" seen) 1 0)))
