words_of_length() {
  awk -v length_wanted="$1" 'length($0) == length_wanted' /usr/share/words/dictionary
}
