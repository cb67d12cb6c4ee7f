import CacheEffects
import Caches
import Dockerfiles
import Testing

/// The kinds that a RUN leaves in its layer.
private func left(_ base: String, _ run: String) -> [String] {
  let effects = CacheEffects(Dockerfile(Array("FROM \(base)\nRUN \(run)\n".utf8)))
  var kinds: [String] = []
  for write in effects.instructions.flatMap(\.writes) where write.stays && !kinds.contains(write.kind.id) {
    kinds.append(write.kind.id)
  }
  return kinds.sorted()
}

/// What the package managers leave, as it was seen when they were run.
@Suite struct PackageManagerTests {
  @Test(
    arguments: [
      ("npm ci", ["js.npm"]),
      ("npm --prefix web install", ["js.npm"]),
      ("npm ci --no-cache --prefer-online", ["js.npm"]),
      ("npm run build && npm ls && npm prune --omit=dev", []),
      ("npm --version", []),
      ("npm config set registry https://r.example", []),
      ("npm init -y", []),
      ("npm install -g yarn && npm cache clean --force", []),
      ("npm cache clean --force && npm ci", ["js.npm"]),
      ("npm ci --offline", []),
      ("npm_config_offline=true npm ci", []),
      ("npm config set cache=/n && npm ci && rm -rf /n", []),
      ("npm config set cache /n --global && npm ci && rm -rf /n/_cacache", []),
      ("npm config set cache /n; npm ci && rm -rf ~/.npm", ["js.npm"]),
      ("if [ -f a ]; then npm config set cache /n; fi; npm ci && rm -rf /n", ["js.npm"]),
      ("npm_config_cache=/v npm config set cache /n && npm ci --cache /f && rm -rf /f", []),
      ("yarn --offline", []),
      ("yarn config set cache-folder /y && yarn && rm -rf /y", []),
      ("npm i --no-audit && rm -rf ~/.npm", []),
      ("npm_config_cache=/tmp/n npm ci && rm -rf /tmp/n", []),
      ("npm_config_cache=/tmp/n npm ci && rm -rf ~/.npm", ["js.npm"]),
      ("npm ci --cache /tmp/n && rm -rf /tmp/n", []),
      ("--mount=type=cache,target=/root/.npm npm ci", []),
      ("npx tsc", []),
      ("npx --yes create-app", ["js.npm", "js.npx"]),
      ("npx --yes create-app && npm cache clean --force", ["js.npx"]),
      ("yarn", ["js.yarn-classic"]),
      ("yarn --frozen-lockfile --production", ["js.yarn-classic"]),
      ("yarn --cwd web install --network-timeout 100000", ["js.yarn-classic"]),
      ("yarn --network-timeout 100000", ["js.yarn-classic"]),
      ("yarn install && yarn cache clean", []),
      ("yarn build && yarn run test && yarn why a", []),
      ("yarn --version", []),
      ("yarn install --immutable", ["js.yarn-berry"]),
      ("yarn --immutable", ["js.yarn-berry"]),
      ("yarn workspaces focus --production", ["js.yarn-berry"]),
      ("yarn set version berry && yarn install", ["js.yarn-berry"]),
      ("yarn set version 1.22.22 && yarn install", ["js.yarn-classic"]),
      ("corepack prepare yarn@4.5.0 --activate && yarn", ["js.yarn-berry"]),
      ("corepack prepare yarn@1.22.22 --activate && yarn", ["js.yarn-classic"]),
      ("YARN_CACHE_FOLDER=/y yarn && rm -rf /y", []),
      ("--mount=type=cache,target=/usr/local/share/.cache/yarn yarn install", []),
      ("--mount=type=cache,target=/root/.cache/yarn yarn install", ["js.yarn-classic"]),
      ("pnpm install --frozen-lockfile", ["js.pnpm-store"]),
      ("pnpm add -g a && pnpm store prune", []),
      ("pnpm install --offline", []),
      ("pnpm run build", []),
    ] as [(String, [String])])
  func node(_ run: String, _ expected: [String]) {
    #expect(left("node:22", run) == expected)
  }

  @Test(
    arguments: [
      ("golang:1.22", "go build ./...", ["go.build", "go.mod"]),
      ("golang:1.22", "go mod download", ["go.mod"]),
      ("golang:1.22", "go list -m all", ["go.mod"]),
      ("golang:1.22", "go version && go env && go tool dist list", []),
      ("golang:1.22", "go install example.com/a@latest && go clean -cache -modcache", []),
      ("golang:1.22", "go test ./... && go clean -testcache", ["go.build", "go.mod"]),
      ("golang:1.22", "GOFLAGS='-trimpath -mod=vendor' go build && go clean -cache", []),
      ("golang:1.22", "GOPROXY=off go build && go clean -cache", []),
      ("golang:1.22", "go env -w GOMODCACHE=/m && go mod download && rm -rf /m", []),
      ("golang:1.22", "GOMODCACHE=/v go env -w GOMODCACHE=/m && GOMODCACHE=/v go mod download && rm -rf /v", []),
      ("golang:1.22", "go build -mod=vendor -o /a . && rm -rf /root/.cache/go-build", []),
      (
        "golang:1.22",
        "--mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build go build", []
      ),
      ("rust:1.80", "cargo build --release", ["rust.cargo-registry"]),
      ("rust:1.80", "cargo +nightly install a && rm -rf /usr/local/cargo/registry", []),
      ("rust:1.80", "cargo install a && cargo cache -a", ["rust.cargo-registry"]),
      ("rust:1.80", "cargo --version && cargo clean && cargo new a", []),
      ("rust:1.80", "cargo build --offline", []),
      ("rust:1.80", "cargo install --git https://g.example/a", ["rust.cargo-git", "rust.cargo-registry"]),
      ("maven:3.9", "mvn -B -DskipTests package", ["jvm.maven-repo"]),
      ("maven:3.9", "./mvnw package", ["jvm.maven-repo"]),
      ("maven:3.9", "sh mvnw package", ["jvm.maven-repo"]),
      ("maven:3.9", "bash -eu /src/mvnw package", ["jvm.maven-repo"]),
      ("maven:3.9", "sh mvnw -o package && sh build.sh && bash", []),
      ("maven:3.9", "mvn --version", []),
      ("maven:3.9", "mvn -Dmaven.repo.local=/m package && rm -rf /m", []),
      ("debian:12", "export HOME=/h && mvn package && rm -rf /root/.m2", []),
      ("gradle:8", "gradle build --no-daemon --no-build-cache", ["jvm.gradle-user"]),
      ("gradle:8", "./gradlew bootJar", ["jvm.gradle-user"]),
      ("gradle:8", "gradle --version", []),
      ("swift:6.0", "swift build -c release", ["swift.clang-modules", "swift.swiftpm-cache"]),
      ("swift:6.0", "swift build && rm -rf ~/.cache", []),
      ("swift:6.0", "swift --version", []),
      ("debian:12", "ccache gcc -c a.c", ["c.ccache"]),
      ("debian:12", "ccache -s && gcc -c a.c", []),
    ] as [(String, String, [String])])
  func compilers(_ base: String, _ run: String, _ expected: [String]) {
    #expect(left(base, run) == expected)
  }

  @Test(
    arguments: [
      ("php:8", "composer install", ["php.composer"]),
      ("php:8", "composer install --no-cache", []),
      ("php:8", "composer --no-cache install", []),
      ("php:8", "COMPOSER_CACHE_DIR=/dev/null composer install", []),
      ("php:8", "COMPOSER_CACHE_READ_ONLY=1 composer install", []),
      ("php:8", "COMPOSER_CACHE_READ_ONLY=0 composer install", ["php.composer"]),
      ("php:8", "composer -d app install && composer clearcache", []),
      ("php:8", "composer install && composer clear-cache --gc", ["php.composer"]),
      ("php:8", "php composer.phar install && rm -rf ~/.composer", []),
      ("php:8", "composer dump-autoload && composer validate && composer --version", []),
      ("php:8", "pecl install a", ["php.pecl"]),
      ("php:8", "docker-php-ext-install a", []),
      ("ruby:3.3", "gem install a", ["ruby.gem-cache"]),
      ("ruby:3.3", "gem install --no-document -v 1.0 a && gem cleanup", ["ruby.gem-cache"]),
      ("ruby:3.3", "gem install a && rm -rf /usr/local/bundle/cache/*.gem", []),
      ("ruby:3.3", "gem list && gem --version && gem env", []),
      ("ruby:3.3", "bundler install", ["ruby.bundle-gems", "ruby.bundler"]),
      ("ruby:3.3", "bundle install --no-cache", ["ruby.bundle-gems", "ruby.bundler"]),
      ("ruby:3.3", "bundle --jobs 4 --without development", ["ruby.bundle-gems", "ruby.bundler"]),
      ("ruby:3.3", "bundle install && rm -rf ~/.bundle/ /usr/local/bundle/cache", []),
      (
        "ruby:3.3",
        "BUNDLE_PATH=/usr/local/bundle bundle install && rm -rf ~/.bundle/ /usr/local/bundle/ruby/*/cache", []
      ),
      ("ruby:3.3", "bundle exec rake && bundle --version && bundle config set --local path vendor", []),
      ("mcr.microsoft.com/dotnet/sdk:8.0", "dotnet restore", ["dotnet.nuget-http", "dotnet.nuget-packages"]),
      ("mcr.microsoft.com/dotnet/sdk:8.0", "dotnet restore --no-http-cache", ["dotnet.nuget-packages"]),
      ("mcr.microsoft.com/dotnet/sdk:8.0", "dotnet publish --no-restore -o /app", []),
      ("mcr.microsoft.com/dotnet/sdk:8.0", "dotnet publish -o /app && dotnet nuget locals all --clear", []),
      ("elixir:1.16", "mix local.hex --force && mix local.rebar --force && mix compile", []),
      ("elixir:1.16", "mix deps.get --only prod", ["beam.hex"]),
      ("elixir:1.16", "mix do local.hex --force, local.rebar --force, deps.get, compile", ["beam.hex"]),
      ("perl:5", "cpanm A", ["perl.cpanm"]),
      ("perl:5", "cpanm A && rm -rf /root/.cpanm", []),
      ("debian:12", "opam install -y a && opam clean", []),
      ("debian:12", "opam install -y a && opam clean -a", ["ocaml.opam"]),
      ("debian:12", "opam install -y a && opam clean -a -c", []),
      ("debian:12", "opam init --bare", []),
      ("r-base:4.4.0", "install2.r a", ["r.littler"]),
      ("r-base:4.4.0", "install2.r a && rm -rf /tmp/downloaded_packages", []),
      ("r-base:4.4.0", "Rscript -e 'install.packages(\"a\")'", []),
      ("debian:12", "luarocks install a", ["lua.luarocks"]),
    ] as [(String, String, [String])])
  func scripting(_ base: String, _ run: String, _ expected: [String]) {
    #expect(left(base, run) == expected)
  }

  /// The kinds that a RUN needs from earlier ones.
  @Test(
    arguments: [
      ("debian:12", "apt-get install -y a", ["deb.apt-lists"]),
      ("debian:12", "apt-get update && apt-get install -y a", []),
      ("debian:12", "apt-get install --help && apt-get clean", []),
      ("alpine:3.20", "apk add a", ["os.apk"]),
      ("alpine:3.20", "apk add --no-cache a && apk search b", ["os.apk"]),
      ("alpine:3.20", "apk update && apk search b", []),
      ("alpine:3.20", "apk -U add a", []),
      ("alpine:3.20", "apk add --update a", []),
      ("fedora:40", "dnf -C install a", ["os.dnf", "os.yum"]),
      ("fedora:40", "dnf makecache && dnf install --cacheonly a", ["os.yum"]),
      ("node:22", "npm ci --offline", ["js.npm"]),
      ("node:22", "npm ci --prefer-offline", []),
      ("node:22", "npm run build --offline", []),
      ("node:22", "pnpm install --offline", ["js.pnpm-store"]),
      ("rust:1.80", "cargo build --frozen", ["rust.cargo-git", "rust.cargo-registry"]),
      ("rust:1.80", "CARGO_NET_OFFLINE=true cargo test", ["rust.cargo-git", "rust.cargo-registry"]),
      ("rust:1.80", "cargo build --locked", []),
      ("golang:1.22", "GOPROXY=off go build", ["go.mod"]),
      ("golang:1.22", "GOPROXY=off GOFLAGS=-mod=vendor go build", []),
      ("maven:3.9", "mvn -B -o package", ["jvm.maven-repo"]),
      ("gradle:8", "gradle --offline build", ["jvm.gradle-user"]),
      ("python:3.12", "pip install --no-index --find-links /w a", []),
      ("python:3.12", "uv sync --offline", ["python.uv"]),
      ("python:3.12", "conda install --offline a", ["python.conda"]),
    ] as [(String, String, [String])])
  func needs(_ base: String, _ run: String, _ expected: [String]) {
    let effects = CacheEffects(Dockerfile(Array("FROM \(base)\nRUN \(run)\n".utf8)))
    #expect(effects.instructions.flatMap(\.needs).map(\.kind.id).sorted() == expected)
  }
}
