@echo off
rem Runs Maven in the version that .mvn\wrapper\maven-wrapper.properties names; fetches it the first time.
setlocal
set "HERE=%~dp0"
for /f "usebackq tokens=1,* delims==" %%A in ("%HERE%.mvn\wrapper\maven-wrapper.properties") do set "%%A=%%B"
for %%F in ("%distributionUrl%") do set "NAME=%%~nF"
set "NAME=%NAME:-bin=%"
set "CACHE=%USERPROFILE%\.m2\wrapper\dists"
if defined MAVEN_USER_HOME set "CACHE=%MAVEN_USER_HOME%\wrapper\dists"
if exist "%CACHE%\%NAME%\bin\mvn.cmd" goto run
set "WORK=%CACHE%\new.%RANDOM%%RANDOM%"
mkdir "%WORK%" || exit /b 1
echo mvnw: fetching %distributionUrl% 1>&2
curl -fsSL -o "%WORK%\maven.zip" "%distributionUrl%" || goto failed
certutil -hashfile "%WORK%\maven.zip" SHA256 | findstr /i "%distributionSha256Sum%" >nul || goto failed
tar -xf "%WORK%\maven.zip" -C "%WORK%" || goto failed
move "%WORK%\%NAME%" "%CACHE%" >nul || goto failed
rmdir /s /q "%WORK%"
:run
"%CACHE%\%NAME%\bin\mvn.cmd" -f "%HERE%pom.xml" %*
exit /b %ERRORLEVEL%
:failed
echo mvnw: cannot fetch %distributionUrl%, or it is another file than was expected 1>&2
rmdir /s /q "%WORK%"
exit /b 1
