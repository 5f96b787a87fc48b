@echo off
rem Starts Catwalk from where it is installed.
setlocal
set "JAVA=java"
if defined JAVA_HOME set "JAVA=%JAVA_HOME%\bin\java"
"%JAVA%" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Djava.awt.headless=true -Djdk.console=java.base "-Dcatwalk.home=%~dp0.." %CATWALK_OPTS% -cp "%~dp0..\lib\*" io.catwalk.runner.cli.Main %*
exit /b %ERRORLEVEL%
