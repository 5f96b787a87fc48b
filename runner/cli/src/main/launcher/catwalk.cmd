@echo off
rem Starts the installed Catwalk.
setlocal
set "JAVA=java"
if defined JAVA_HOME set "JAVA=%JAVA_HOME%\bin\java"
rem ONNX Runtime reads it at its start: no telemetry is recorded or sent.
set "ORT_DISABLE_TELEMETRY=1"
rem The C1 compiler alone starts fastest, which suits short commands.
set "COMPILER="
for %%C in ("" "list" "plugin" "doctor" "report") do if "%~1"==%%C set "COMPILER=-XX:TieredStopAtLevel=1"
"%JAVA%" %COMPILER% -XX:+UseSerialGC -XX:-UsePerfData -Djava.awt.headless=true -Dfile.encoding=UTF-8 -Dstdout.encoding=UTF-8 -Dstderr.encoding=UTF-8 -Djdk.console=java.base "-Dcatwalk.home=%~dp0.." %CATWALK_OPTS% -cp "%~dp0..\lib\*" io.catwalk.runner.cli.Main %*
exit /b %ERRORLEVEL%
