@echo off
setlocal
cd /d "%~dp0"
set "PY="
where py >nul 2>nul && set "PY=py -3"
if not defined PY where python >nul 2>nul && set "PY=python"
if not defined PY (
  echo Python 3.11 or newer is needed. Install it, then start this file again.
  pause
  exit /b 1
)
if "%~1"=="" (%PY% bootstrap.py run) else (%PY% bootstrap.py %*)
set "CODE=%ERRORLEVEL%"
if not "%CODE%"=="0" pause
exit /b %CODE%
