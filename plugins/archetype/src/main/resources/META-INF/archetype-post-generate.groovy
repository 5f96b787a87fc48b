// A jar keeps no rights.
new File(request.outputDirectory, request.artifactId + '/mvnw').setExecutable(true)
