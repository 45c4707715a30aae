"""The inspection of a government site (国办秘函〔2019〕19号, 国办发〔2017〕47号): rules on pages as built."""
