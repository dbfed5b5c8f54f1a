# Homework 01, 02, 03 and 06 in the shell with curl.

first_price() {
  sed -n 's/.*class="price-usd" data-value="\([0-9]*\)".*/ Price: \1/p' | head -n 1
}

get_page() {
  answer=$(curl -s -w '\n%{http_code}' "$PAGE_URL$1")
  echo "Page: $1 Status: $(echo "$answer" | tail -n 1)$(echo "$answer" | first_price)"
}

case $1 in
  01)
    curl -s -o '#1.html' -w '%{stderr}%{filename_effective} %{http_code}\n' "$PAGE_URL[1-$PAGES]" 2>&1 |
      while read -r file status; do
        echo "Page: ${file%.html} Status: $status$(first_price <"$file")"
      done
    ;;
  02)
    # Unless told to be immediate, curl waits for the first answer: HTTP/2 could do all on one connection.
    curl --no-progress-meter --parallel --parallel-immediate --parallel-max 4 \
      -o '#1.html' -w '%{filename_effective} %{http_code}\n' "$PAGE_URL[1-$PAGES]" |
      sed 's/\(.*\).html \(.*\)/Page: \1 Status: \2/'
    ;;
  03)
    for page in $(seq "$PAGES"); do
      get_page "$page" >"$page.txt" &
    done
    wait
    for page in $(seq "$PAGES"); do
      cat "$page.txt"
    done
    ;;
  06)
    for page in $(seq "$PAGES"); do
      get_page "$page" &
    done
    wait
    ;;
esac
